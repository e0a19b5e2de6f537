; title: A Random made on each call
; why: Seeding costs more than the number.
; fix: Use Random.Shared.
; cost: cpu
; bad: var r = new Random();
; good: var r = Random.Shared;
; good: member: C(int seed) { _random = new Random(seed); }

((object_creation_expression type: (identifier) @type) @hit (#any-of? @type "Random" "RNGCryptoServiceProvider") (#not-inside? @hit field_declaration constructor_declaration))
