; title: A map looked up twice
; why: find or count, and then operator[], walks the tree or hashes the key again.
; fix: Keep the iterator, or use try_emplace.
; cost: cpu
; bad: if (m.count(k)) use(m[k]);
; good: if (auto i = m.find(k); i != m.end()) use(i->second);

((if_statement condition: (_) @test consequence: (_) @then) @hit (#match? @test "\\.(count|contains|find)\\(") (#match? @then "\\w\\[\\w+\\]"))
