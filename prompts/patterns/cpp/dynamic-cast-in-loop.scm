; title: dynamic_cast in a loop
; why: It walks the class hierarchy and compares type names.
; fix: Use a virtual function or a tag.
; cost: cpu
; bad: for (;;) { auto* d = dynamic_cast<D*>(b); }
; good: auto* d = dynamic_cast<D*>(b);

((call_expression function: (template_function name: (identifier) @name)) @hit (#eq? @name "dynamic_cast") (#inside? @hit for_statement for_range_loop while_statement do_statement))
