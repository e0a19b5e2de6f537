; title: A boxed number as a counter
; why: Every addition makes a new object.
; fix: Use the primitive type.
; cost: allocation
; bad: Long sum = 0L;
; good: long sum = 0L;

((local_variable_declaration type: (type_identifier) @type declarator: (variable_declarator value: [(decimal_integer_literal) (decimal_floating_point_literal)])) @hit (#any-of? @type "Integer" "Long" "Double" "Float" "Short" "Byte"))
