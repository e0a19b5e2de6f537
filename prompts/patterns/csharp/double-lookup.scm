; title: A dictionary looked up twice
; why: ContainsKey and then the indexer hash and compare the key two times.
; fix: Use TryGetValue, TryAdd or CollectionsMarshal.GetValueRefOrAddDefault.
; cost: cpu
; bad: if (d.ContainsKey(k)) Use(d[k]);
; good: if (d.TryGetValue(k, out var v)) Use(v);

((if_statement condition: (_) @test) @hit (#match? @test "\\.ContainsKey\\("))
