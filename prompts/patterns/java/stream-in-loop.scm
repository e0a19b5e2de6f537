; title: A stream built in a loop
; why: Each pass sets up a pipeline of objects.
; fix: Take it out of the loop, or loop by hand.
; cost: allocation
; bad: for (String x : xs) ys.stream().count();
; good: ys.stream().count();

((method_invocation name: (identifier) @name) @hit (#any-of? @name "stream" "parallelStream" "collect") (#inside? @hit for_statement enhanced_for_statement while_statement do_statement))
