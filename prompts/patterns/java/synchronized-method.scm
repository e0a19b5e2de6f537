; title: A synchronized method
; why: The whole method is serialised, on an object that others can lock too.
; fix: Lock a private object around what is shared, or use java.util.concurrent.
; cost: contention
; bad: member: synchronized void m() { }
; good: member: void m() { }

((method_declaration (modifiers) @m name: (identifier) @hit) (#match? @m "\\bsynchronized\\b"))
