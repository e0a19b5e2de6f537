; What the index takes from JavaScript.
(class_declaration name: (_) @name (class_heritage (identifier) @base)?) @class
(class name: (_) @name (class_heritage (identifier) @base)?) @class
(method_definition name: (_) @name parameters: (_) @parameters) @method
(function_declaration name: (identifier) @name parameters: (_) @parameters) @function
(generator_function_declaration name: (identifier) @name parameters: (_) @parameters) @function
(function_expression name: (identifier) @name parameters: (_) @parameters) @function
(variable_declarator name: (identifier) @name value: [(arrow_function parameters: (_) @parameters) (arrow_function parameter: (_) @parameters) (function_expression !name parameters: (_) @parameters)]) @function
(assignment_expression left: [(identifier) @name (member_expression property: (property_identifier) @name)] right: [(arrow_function parameters: (_)? @parameters) (function_expression parameters: (_) @parameters)]) @function
(pair key: (property_identifier) @name value: [(arrow_function parameters: (_)? @parameters) (function_expression parameters: (_) @parameters)]) @method
(field_definition property: (property_identifier) @name value: [(arrow_function parameters: (_)? @parameters) (function_expression parameters: (_) @parameters)]) @method
(call_expression function: (identifier) @callee arguments: (arguments) @arguments) @call
(call_expression function: (member_expression object: (_) @receiver property: (_) @callee) arguments: (arguments) @arguments) @call
(new_expression constructor: (_) @callee arguments: (_)? @arguments) @create
(variable_declarator name: (identifier) @local.name value: (new_expression constructor: (_) @local.type)) @local
