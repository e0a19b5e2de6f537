; What the index takes from Java.
(package_declaration (_) @name) @package
(class_declaration name: (identifier) @name superclass: (superclass (_) @base)? interfaces: (super_interfaces (type_list (_) @base)*)?) @class
(interface_declaration name: (identifier) @name (extends_interfaces (type_list (_) @base)*)?) @interface
(enum_declaration name: (identifier) @name interfaces: (super_interfaces (type_list (_) @base)*)?) @enum
(record_declaration name: (identifier) @name parameters: (_) @parameters interfaces: (super_interfaces (type_list (_) @base)*)?) @record
(annotation_type_declaration name: (identifier) @name) @interface
(method_declaration type: (_) @result name: (identifier) @name parameters: (_) @parameters) @method
(constructor_declaration name: (identifier) @name parameters: (_) @parameters) @constructor
(field_declaration type: (_) @result declarator: (variable_declarator name: (identifier) @name)) @field
(enum_constant name: (identifier) @name) @enum_member
(method_invocation object: (_)? @receiver name: (identifier) @callee arguments: (_) @arguments) @call
(object_creation_expression type: (_) @callee arguments: (_) @arguments) @create
(explicit_constructor_invocation constructor: (_) @callee arguments: (_) @arguments) @call
(local_variable_declaration type: (_) @local.type declarator: (variable_declarator name: (identifier) @local.name)) @local
(local_variable_declaration type: (_) declarator: (variable_declarator name: (identifier) @local.name value: (object_creation_expression type: (_) @local.type))) @local
(enhanced_for_statement type: (_) @local.type name: (identifier) @local.name) @local
(resource type: (_) @local.type name: (identifier) @local.name) @local
