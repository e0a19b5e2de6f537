; title: A whole sort to find one element
; why: OrderBy buffers and sorts everything; the smallest is found in one pass.
; fix: Use MinBy or MaxBy.
; cost: cpu
; bad: var x = xs.OrderBy(y => y.A).First();
; good: var x = xs.MinBy(y => y.A);

((invocation_expression function: (member_access_expression expression: (invocation_expression function: (member_access_expression name: (identifier) @sort)) name: (identifier) @name)) @hit
  (#match? @sort "^(OrderBy|OrderByDescending|Order|OrderDescending)$") (#match? @name "^(First|Last|Single)(OrDefault)?$"))
