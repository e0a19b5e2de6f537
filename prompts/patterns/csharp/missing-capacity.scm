; title: A collection that grows while it is filled
; why: Each growth allocates twice the room and copies all that is there.
; fix: Give the constructor the number of elements that is to come.
; cost: allocation
; bad: var list = new List<int>(); foreach (var x in xs) list.Add(x);
; good: var list = new List<int>(xs.Count); foreach (var x in xs) list.Add(x);

((block (local_declaration_statement (variable_declaration (variable_declarator (object_creation_expression type: (_) @type arguments: (argument_list) @arguments) @hit))) . [(for_statement) (foreach_statement) (while_statement)])
  (#match? @type "^(List|Dictionary|HashSet|Queue|Stack)<|^StringBuilder$") (#match? @arguments "^\\(\\s*\\)$"))
