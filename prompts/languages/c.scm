; What the index takes from C.
(struct_specifier name: (type_identifier) @name body: (_)) @struct
(union_specifier name: (type_identifier) @name body: (_)) @struct
(enum_specifier name: (type_identifier) @name body: (_)) @enum
(type_definition declarator: (type_identifier) @name) @class
(enumerator name: (identifier) @name) @enum_member
(function_definition type: (_) @result declarator: [(function_declarator declarator: (identifier) @name parameters: (_) @parameters) (pointer_declarator declarator: (function_declarator declarator: (identifier) @name parameters: (_) @parameters)) (pointer_declarator declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name parameters: (_) @parameters)))]) @function
(declaration type: (_) @result declarator: [(function_declarator declarator: (identifier) @name parameters: (_) @parameters) (pointer_declarator declarator: (function_declarator declarator: (identifier) @name parameters: (_) @parameters))]) @declared
(preproc_function_def name: (identifier) @name parameters: (_) @parameters) @function
(field_declaration type: (_) @result declarator: [(field_identifier) @name (pointer_declarator declarator: (field_identifier) @name)]) @field
(call_expression function: (identifier) @callee arguments: (_) @arguments) @call
(call_expression function: (field_expression argument: (_) @receiver field: (field_identifier) @callee) arguments: (_) @arguments) @call
(declaration type: (_) @local.type declarator: [(identifier) @local.name (pointer_declarator declarator: (identifier) @local.name) (init_declarator declarator: (identifier) @local.name) (init_declarator declarator: (pointer_declarator declarator: (identifier) @local.name))]) @local
(parameter_declaration type: (_) @local.type declarator: [(identifier) @local.name (pointer_declarator declarator: (identifier) @local.name)]) @local
