; title: push_back in a loop without reserve
; why: Each growth moves all elements to a new block.
; fix: Call reserve() with the number that is to come.
; cost: allocation
; bad: { std::vector<int> v; for (int i = 0; i < n; ++i) v.push_back(i); }
; good: { std::vector<int> v; v.reserve(n); for (int i = 0; i < n; ++i) v.push_back(i); }

((compound_statement (declaration type: [(qualified_identifier) (template_type)] @type declarator: (identifier) @name) @hit . [(for_statement) (for_range_loop) (while_statement)] @loop)
  (#match? @type "^(std::)?vector<") (#match? @loop "\\.(push_back|emplace_back)\\("))
