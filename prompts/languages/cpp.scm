; What the index takes from C++.
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
(namespace_definition name: (_) @name) @namespace
(class_specifier name: [(type_identifier) @name (template_type name: (type_identifier) @name) (qualified_identifier name: (_) @name)] (base_class_clause [(type_identifier) (qualified_identifier) (template_type)] @base)? body: (_)) @class
(struct_specifier name: (type_identifier) @name (base_class_clause [(type_identifier) (qualified_identifier) (template_type)] @base) body: (_)) @struct
(alias_declaration name: (type_identifier) @name) @class
(function_definition type: (_)? @result declarator: [(function_declarator declarator: [(field_identifier) (operator_name) (destructor_name)] @name parameters: (_) @parameters) (reference_declarator (function_declarator declarator: [(identifier) (field_identifier) (operator_name)] @name parameters: (_) @parameters)) (pointer_declarator declarator: (function_declarator declarator: (field_identifier) @name parameters: (_) @parameters))]) @function
(function_definition !type declarator: (function_declarator declarator: (identifier) @name parameters: (_) @parameters)) @constructor
(function_definition type: (_)? @result declarator: [(function_declarator declarator: (qualified_identifier scope: (_) @scope name: (_) @name) parameters: (_) @parameters) (reference_declarator (function_declarator declarator: (qualified_identifier scope: (_) @scope name: (_) @name) parameters: (_) @parameters)) (pointer_declarator declarator: (function_declarator declarator: (qualified_identifier scope: (_) @scope name: (_) @name) parameters: (_) @parameters))]) @function
(field_declaration type: (_)? @result declarator: [(function_declarator declarator: (field_identifier) @name parameters: (_) @parameters) (pointer_declarator declarator: (function_declarator declarator: (field_identifier) @name parameters: (_) @parameters)) (reference_declarator (function_declarator declarator: (field_identifier) @name parameters: (_) @parameters))]) @declared
(call_expression function: (qualified_identifier scope: (_)? @receiver name: [(identifier) @callee (template_function name: (identifier) @callee) (qualified_identifier name: (identifier) @callee)]) arguments: (_) @arguments) @call
(call_expression function: (template_function name: (identifier) @callee) arguments: (_) @arguments) @call
(call_expression function: (field_expression argument: (_) @receiver field: (template_method name: (field_identifier) @callee)) arguments: (_) @arguments) @call
(new_expression type: (_) @callee arguments: (_)? @arguments) @create
(declaration type: (type_identifier) @local.type declarator: (reference_declarator (identifier) @local.name)) @local
(parameter_declaration type: (_) @local.type declarator: (reference_declarator (identifier) @local.name)) @local
