; title: One await after another in a loop
; why: Independent operations wait for each other: their latencies add up.
; fix: Start them all and await Task.WhenAll, within a limit (Parallel.ForEachAsync).
; cost: latency
; bad: foreach (var x in xs) await SendAsync(x);
; good: await Task.WhenAll(tasks);

((await_expression (invocation_expression)) @hit (#inside? @hit foreach_statement) (#not-match? @hit "WhenAll|WhenAny|Task\\.Delay"))
