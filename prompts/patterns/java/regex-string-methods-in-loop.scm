; title: replaceAll, split or matches in a loop
; why: Each call compiles its pattern.
; fix: Compile a Pattern once; replace() for plain text.
; cost: cpu
; bad: for (String x : xs) x.replaceAll("a+", "b");
; good: x.replaceAll("a+", "b");

((method_invocation name: (identifier) @name) @hit (#any-of? @name "replaceAll" "replaceFirst" "split" "matches") (#inside? @hit for_statement enhanced_for_statement while_statement do_statement))
