; title: A dictionary looked up twice
; why: ContainsKey and then the indexer hash and compare the key two times.
; fix: Use TryGetValue, TryAdd or CollectionsMarshal.GetValueRefOrAddDefault.
; cost: cpu
; bad: if (d.ContainsKey(k)) Use(d[k]);
; bad: if (!d.ContainsKey(k)) d.Add(k, v);
; good: if (!d.ContainsKey(k)) throw new KeyNotFoundException(k);
; good: if (d.TryGetValue(k, out var v)) Use(v);

((if_statement condition: [
    (invocation_expression function: (member_access_expression expression: (_) @of name: (identifier) @name))
    (prefix_unary_expression (invocation_expression function: (member_access_expression expression: (_) @of name: (identifier) @name)))
    (binary_expression (invocation_expression function: (member_access_expression expression: (_) @of name: (identifier) @name)))
    (binary_expression (prefix_unary_expression (invocation_expression function: (member_access_expression expression: (_) @of name: (identifier) @name))))]) @hit
  (#eq? @name "ContainsKey") (#has? @hit @of "[" ".Add("))
