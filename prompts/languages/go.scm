; What the index takes from Go.
(package_clause (package_identifier) @name) @package
(type_declaration (type_spec name: (type_identifier) @name type: (struct_type)) @struct)
(type_declaration (type_spec name: (type_identifier) @name type: (interface_type)) @interface)
(type_declaration (type_spec name: (type_identifier) @name type: [(function_type) (type_identifier) (map_type) (slice_type) (qualified_type) (pointer_type) (array_type) (channel_type) (generic_type)]) @class)
(function_declaration name: (identifier) @name parameters: (_) @parameters result: (_)? @result) @function
(method_declaration receiver: (parameter_list (parameter_declaration type: [(type_identifier) @scope (pointer_type (type_identifier) @scope) (pointer_type (generic_type type: (type_identifier) @scope)) (generic_type type: (type_identifier) @scope)])) name: (field_identifier) @name parameters: (_) @parameters result: (_)? @result) @method
(method_declaration receiver: (parameter_list (parameter_declaration name: (identifier) @local.name type: [(type_identifier) @local.type (pointer_type (type_identifier) @local.type)]))) @local
(method_elem name: (field_identifier) @name parameters: (_) @parameters result: (_)? @result) @method
(field_declaration name: (field_identifier) @name type: (_) @result) @field
(call_expression function: (identifier) @callee arguments: (_) @arguments) @call
(call_expression function: (selector_expression operand: (_) @receiver field: (field_identifier) @callee) arguments: (_) @arguments) @call
(parameter_declaration name: (identifier) @local.name type: (_) @local.type) @local
(short_var_declaration left: (expression_list . (identifier) @local.name .) right: (expression_list . [(composite_literal type: (_) @local.type) (unary_expression operand: (composite_literal type: (_) @local.type))])) @local
(var_spec name: (identifier) @local.name type: (_) @local.type) @local
