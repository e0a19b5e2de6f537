; title: Regular expression built on each call
; why: Parsing the pattern costs far more than matching it, and allocates thousands of objects.
; fix: Keep it in a static readonly field, or let [GeneratedRegex] make it at build time.
; cost: cpu
; bad: var r = new Regex("a+");
; good: member: static readonly Regex R = new Regex("a+");

((object_creation_expression type: (identifier) @type) @hit
  (#eq? @type "Regex") (#not-inside? @hit field_declaration))
