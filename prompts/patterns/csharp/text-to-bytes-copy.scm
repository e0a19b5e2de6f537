; title: Text encoded into a new array
; why: GetBytes and GetString without a buffer allocate each time.
; fix: Use the overloads that take spans, with a rented or stack buffer; u8 literals for constants.
; cost: allocation
; bad: var b = Encoding.UTF8.GetBytes(s);
; good: Encoding.UTF8.GetBytes(s, buffer);

((invocation_expression function: (member_access_expression expression: (member_access_expression expression: (identifier) @type) name: (identifier) @name) arguments: (argument_list . (argument) .)) @hit
  (#eq? @type "Encoding") (#any-of? @name "GetBytes" "GetString" "GetChars"))
