; title: Removing or inserting at the front of a list
; why: Everything behind it moves by one, each time.
; fix: Use a Queue, a Deque or an index that advances.
; cost: cpu
; bad: list.RemoveAt(0);
; good: list.RemoveAt(list.Count - 1);

((invocation_expression function: (member_access_expression name: (identifier) @name) arguments: (argument_list . (argument (integer_literal) @zero))) @hit
  (#any-of? @name "RemoveAt" "Insert" "InsertRange" "RemoveRange") (#eq? @zero "0"))
