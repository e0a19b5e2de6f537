; title: DateTime.Now
; why: It looks the time zone up on each call.
; fix: Use DateTime.UtcNow; for durations Stopwatch.GetTimestamp.
; cost: cpu
; bad: var t = DateTime.Now;
; good: var t = DateTime.UtcNow;

((member_access_expression expression: (identifier) @type name: (identifier) @name) @hit
  (#any-of? @type "DateTime" "DateTimeOffset") (#eq? @name "Now"))
