; title: Enum.HasFlag, ToString or Parse
; why: Enums are named through reflection: text is looked up and allocated.
; fix: Compare bits directly; keep the names in an array or a switch.
; cost: cpu
; bad: var n = Enum.GetName(typeof(E), e);
; good: var n = names[(int)e];
; good: if (!Enum.IsDefined(e)) return;

((invocation_expression function: (member_access_expression expression: (identifier) @type name: [(identifier) (generic_name)] @name)) @hit
  (#eq? @type "Enum") (#match? @name "^(Parse|TryParse|GetName|GetNames|GetValues|ToObject)"))
((invocation_expression function: (member_access_expression expression: (identifier) @type name: (identifier) @name) arguments: (argument_list . (argument (typeof_expression)))) @hit
  (#eq? @type "Enum") (#eq? @name "IsDefined"))
