; What the index takes from Rust.
(mod_item name: (identifier) @name) @namespace
(struct_item name: (type_identifier) @name) @struct
(union_item name: (type_identifier) @name) @struct
(enum_item name: (type_identifier) @name) @enum
(trait_item name: (type_identifier) @name) @interface
(type_item name: (type_identifier) @name) @class
(impl_item trait: (_)? @base type: [(type_identifier) @name (generic_type type: (type_identifier) @name) (scoped_type_identifier name: (type_identifier) @name)]) @extend
(function_item name: (identifier) @name parameters: (_) @parameters return_type: (_)? @result) @function
(function_signature_item name: (identifier) @name parameters: (_) @parameters return_type: (_)? @result) @function
(macro_definition name: (identifier) @name) @function
(field_declaration name: (field_identifier) @name type: (_) @result) @field
(enum_variant name: (identifier) @name) @enum_member
(call_expression function: (identifier) @callee arguments: (_) @arguments) @call
(call_expression function: (field_expression value: (_) @receiver field: (field_identifier) @callee) arguments: (_) @arguments) @call
(call_expression function: (scoped_identifier path: (_)? @receiver name: (identifier) @callee) arguments: (_) @arguments) @call
(call_expression function: (generic_function function: [(identifier) @callee (field_expression value: (_) @receiver field: (field_identifier) @callee) (scoped_identifier path: (_)? @receiver name: (identifier) @callee)]) arguments: (_) @arguments) @call
(parameter pattern: (identifier) @local.name type: (_) @local.type) @local
(let_declaration pattern: (identifier) @local.name type: (_) @local.type) @local
(let_declaration pattern: (identifier) @local.name value: (call_expression function: (scoped_identifier path: (identifier) @local.type))) @local
(let_declaration pattern: (identifier) @local.name value: (struct_expression name: (_) @local.type)) @local
