; title: Reflection on each call
; why: Look-up by name and invoke cost many times a call.
; fix: Look it up once; use a MethodHandle.
; cost: cpu
; bad: Object m = c.getMethod("a");
; good: member: static final Object M = C.class.getMethod("a");

((method_invocation name: (identifier) @name) @hit (#any-of? @name "getMethod" "getDeclaredMethod" "getField" "getDeclaredField" "newInstance" "forName") (#not-inside? @hit field_declaration))
