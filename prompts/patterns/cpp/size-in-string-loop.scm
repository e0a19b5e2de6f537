; title: strlen in a loop condition
; why: The length is counted anew on each pass.
; fix: Take it before the loop.
; cost: cpu
; bad: for (int i = 0; i < strlen(s); ++i) f(s[i]);
; good: for (int i = 0; i < n; ++i) f(s[i]);

((for_statement condition: (_) @hit) (#match? @hit "\\bstrlen\\("))
