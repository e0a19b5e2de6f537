; title: Reflection on each call
; why: Finding a member by name and invoking it costs hundreds of times a call, and allocates.
; fix: Look it up once and keep a delegate; use source generation or generics.
; cost: cpu
; bad: var p = type.GetProperty("A");
; good: var p = accessors.GetProperties(x);
; good: member: static readonly object P = typeof(C).GetProperty("A");

((invocation_expression function: (member_access_expression expression: (_) @of name: (identifier) @name)) @hit
  (#match? @of "typeof|[tT]ype\\b|GetType\\(\\)$|[mM]ethod|[pP]roperty|[fF]ield|[mM]ember|[aA]ssembly|Info$")
  (#any-of? @name "GetMethod" "GetProperty" "GetProperties" "GetField" "GetFields" "GetCustomAttributes" "GetCustomAttribute" "MakeGenericType" "MakeGenericMethod" "GetConstructor") (#not-inside? @hit field_declaration))
((invocation_expression function: (member_access_expression expression: (identifier) @type name: [(identifier) (generic_name)] @name)) @hit
  (#eq? @type "Activator") (#match? @name "^CreateInstance"))
