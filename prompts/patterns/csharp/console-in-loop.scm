; title: Writing to the console in a loop
; why: Every line takes a lock and flushes.
; fix: Gather the text and write it once, or log through a buffered sink.
; cost: io
; bad: foreach (var x in xs) Console.WriteLine(x);
; good: Console.WriteLine(x);

((invocation_expression function: (member_access_expression expression: (_) @of name: (identifier) @name)) @hit
  (#match? @of "^(System\\.)?Console(\\.(Out|Error))?$") (#any-of? @name "Write" "WriteLine") (#inside? @hit for_statement foreach_statement while_statement do_statement))
