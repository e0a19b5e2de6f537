; title: Static Regex method in a loop
; why: Each call looks the pattern up in a small cache, and parses it anew once that overflows.
; fix: Build one Regex before the loop, or use [GeneratedRegex].
; cost: cpu
; bad: foreach (var s in xs) Regex.IsMatch(s, "a");
; good: Regex.IsMatch(s, "a");

((invocation_expression function: (member_access_expression expression: (identifier) @type name: (identifier) @name)) @hit
  (#eq? @type "Regex") (#any-of? @name "IsMatch" "Match" "Matches" "Replace" "Split") (#inside? @hit for_statement foreach_statement while_statement do_statement))
