; title: Lambda created inside a loop
; why: A lambda that captures a variable allocates a closure and a delegate on each pass.
; fix: Move it out of the loop, make it static and pass state along, or write the code in place.
; cost: allocation
; bad: for (int i = 0; i < n; i++) Run(() => Use(i));
; good: foreach (var x in xs) n += x.Items.Where(i => i.Size > Limit).Count();
; good: for (int i = 0; i < n; i++) Run(static () => Use(1));

((lambda_expression) @hit (#inside? @hit for_statement foreach_statement while_statement do_statement) (#not-match? @hit "^\\s*static ") (#closure? @hit))
