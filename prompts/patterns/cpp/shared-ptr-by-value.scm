; title: A shared_ptr taken by value
; why: Copying it is an atomic increment and decrement that the cores fight over.
; fix: Take const T& or const std::shared_ptr<T>&; copy only to share ownership.
; cost: cpu
; bad: void f(std::shared_ptr<A> a) { use(a); }
; good: void f(const std::shared_ptr<A>& a) { use(a); }

((parameter_declaration type: [(qualified_identifier) (template_type)] @type declarator: (identifier)) @hit (#match? @type "shared_ptr<"))
