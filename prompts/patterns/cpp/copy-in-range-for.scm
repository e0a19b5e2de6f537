; title: Elements copied by a range-based for
; why: auto without & copies every element.
; fix: Write const auto&.
; cost: allocation
; bad: for (auto x : xs) use(x);
; good: for (const auto& x : xs) use(x);

((for_range_loop type: (placeholder_type_specifier) declarator: (identifier)) @hit)
((for_range_loop type: [(qualified_identifier) (template_type)] @type declarator: (identifier)) @hit (#match? @type "string|vector|map|set|list|deque|shared_ptr|function|pair|tuple"))
