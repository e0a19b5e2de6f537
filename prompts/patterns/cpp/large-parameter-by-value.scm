; title: A container taken by value
; why: The caller's container is copied at each call.
; fix: Take const&, std::span or std::string_view; by value only where it is moved on.
; cost: allocation
; bad: void f(std::vector<int> xs) { use(xs); }
; good: void f(const std::vector<int>& xs) { use(xs); }

((parameter_declaration type: [(qualified_identifier) (template_type)] @type declarator: (identifier)) @hit
  (#match? @type "^(std::)?(vector|string|map|unordered_map|set|unordered_set|list|deque|function)(<|$)"))
