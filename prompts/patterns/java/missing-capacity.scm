; title: A collection that grows while it is filled
; why: Each growth copies what is there; a HashMap hashes everything again.
; fix: Give the constructor the number that is to come.
; cost: allocation
; bad: { List<Integer> l = new ArrayList<>(); for (int x : xs) l.add(x); }
; good: { List<Integer> l = new ArrayList<>(9); for (int x : xs) l.add(x); }

((block (local_variable_declaration declarator: (variable_declarator value: (object_creation_expression type: (_) @type arguments: (argument_list) @arguments) @hit)) . [(for_statement) (enhanced_for_statement) (while_statement)])
  (#match? @type "^(ArrayList|HashMap|HashSet|StringBuilder|ArrayDeque)") (#match? @arguments "^\\(\\s*\\)$"))
