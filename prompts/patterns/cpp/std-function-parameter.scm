; title: std::function where a template or function_ref would do
; why: It may allocate for what it captures, and calls through two pointers.
; fix: Make it a template parameter.
; cost: cpu
; bad: void f(std::function<void()> g) { g(); }
; good: template <class F> void f(F&& g) { g(); }

((parameter_declaration type: (qualified_identifier) @type) @hit (#match? @type "^std::function<") (#not-match? @hit "&"))
