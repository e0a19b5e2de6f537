; title: JsonSerializerOptions made on each call
; why: The options cache all that is known of the types; new ones start from nothing every time.
; fix: Keep them in a static readonly field.
; cost: cpu
; bad: var o = new JsonSerializerOptions();
; good: member: static readonly JsonSerializerOptions O = new JsonSerializerOptions();

((object_creation_expression type: (identifier) @type) @hit (#any-of? @type "JsonSerializerOptions" "JsonSerializerSettings" "XmlSerializer" "DataContractSerializer") (#not-inside? @hit field_declaration))
