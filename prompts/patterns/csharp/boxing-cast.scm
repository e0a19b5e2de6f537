; title: A value cast to object
; why: A value type that is cast to object is copied to the heap.
; fix: Use generics, or overloads for the value types.
; cost: allocation
; bad: Use((object)i);
; good: Use(i);
; good: return (ISerializer<T>)(object)one;

((cast_expression type: (predefined_type) @type) @hit (#eq? @type "object") (#not-inside? @hit cast_expression))
((as_expression right: (predefined_type) @type) @hit (#eq? @type "object"))
