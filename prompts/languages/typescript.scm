; What the index takes from TypeScript and TSX.
(class_declaration name: (_) @name (class_heritage [(extends_clause value: (identifier) @base) (implements_clause (_) @base)]*)?) @class
(abstract_class_declaration name: (_) @name (class_heritage [(extends_clause value: (identifier) @base) (implements_clause (_) @base)]*)?) @class
(class name: (_) @name (class_heritage [(extends_clause value: (identifier) @base) (implements_clause (_) @base)]*)?) @class
(interface_declaration name: (_) @name (extends_type_clause (_) @base)*) @interface
(enum_declaration name: (_) @name) @enum
(type_alias_declaration name: (_) @name) @class
(internal_module name: (_) @name) @namespace
(method_signature name: (_) @name parameters: (_) @parameters) @method
(abstract_method_signature name: (_) @name parameters: (_) @parameters) @method
(function_signature name: (_) @name parameters: (_) @parameters) @function
(property_signature name: (_) @name type: (type_annotation (_) @result)?) @property
(public_field_definition name: (_) @name type: (type_annotation (_) @result)) @field
(method_definition name: (_) @name parameters: (_) @parameters) @method
(function_declaration name: (identifier) @name parameters: (_) @parameters) @function
(generator_function_declaration name: (identifier) @name parameters: (_) @parameters) @function
(function_expression name: (identifier) @name parameters: (_) @parameters) @function
(variable_declarator name: (identifier) @name value: [(arrow_function parameters: (_) @parameters) (arrow_function parameter: (_) @parameters) (function_expression !name parameters: (_) @parameters)]) @function
(assignment_expression left: [(identifier) @name (member_expression property: (property_identifier) @name)] right: [(arrow_function parameters: (_)? @parameters) (function_expression parameters: (_) @parameters)]) @function
(pair key: (property_identifier) @name value: [(arrow_function parameters: (_)? @parameters) (function_expression parameters: (_) @parameters)]) @method
(public_field_definition name: (property_identifier) @name value: [(arrow_function parameters: (_)? @parameters) (function_expression parameters: (_) @parameters)]) @method
(call_expression function: (identifier) @callee arguments: (arguments) @arguments) @call
(call_expression function: (member_expression object: (_) @receiver property: (_) @callee) arguments: (arguments) @arguments) @call
(new_expression constructor: (_) @callee arguments: (_)? @arguments) @create
(variable_declarator name: (identifier) @local.name value: (new_expression constructor: (_) @local.type)) @local
(variable_declarator name: (identifier) @local.name type: (type_annotation (_) @local.type)) @local
(required_parameter pattern: (identifier) @local.name type: (type_annotation (_) @local.type)) @local
