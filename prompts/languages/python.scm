; What the index takes from Python.
(class_definition name: (identifier) @name superclasses: (argument_list [(identifier) (attribute)]* @base)?) @class
(function_definition name: (identifier) @name parameters: (_) @parameters return_type: (_)? @result) @function
(call function: (identifier) @callee arguments: (_) @arguments) @call
(call function: (attribute object: (_) @receiver attribute: (identifier) @callee) arguments: (_) @arguments) @call
(assignment left: (identifier) @local.name right: (call function: (identifier) @local.type)) @local
(assignment left: (identifier) @local.name type: (_) @local.type) @local
(typed_parameter (identifier) @local.name type: (_) @local.type) @local
(module (expression_statement (assignment left: (identifier) @name))) @field
