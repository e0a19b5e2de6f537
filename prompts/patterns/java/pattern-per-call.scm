; title: Pattern.compile on each call
; why: Parsing the pattern costs more than matching.
; fix: Keep it in a static final field.
; cost: cpu
; bad: Pattern p = Pattern.compile("a+");
; good: member: static final Pattern P = Pattern.compile("a+");

((method_invocation object: (identifier) @type name: (identifier) @name) @hit (#eq? @type "Pattern") (#any-of? @name "compile" "matches") (#not-inside? @hit field_declaration))
