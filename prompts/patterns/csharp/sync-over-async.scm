; title: Blocking on asynchronous work
; why: The thread waits for a task that needs another thread of the pool: slow at best, starved or deadlocked at worst.
; fix: Await it; make the callers asynchronous up to the top.
; cost: contention
; bad: var x = GetAsync().Result;
; bad: GetAsync().GetAwaiter().GetResult();
; bad: task.Wait();
; good: var x = await GetAsync();
; good: var y = parse.Result;

((invocation_expression function: (member_access_expression expression: (invocation_expression function: (member_access_expression name: (identifier) @awaiter)) name: (identifier) @name)) @hit
  (#eq? @awaiter "GetAwaiter") (#eq? @name "GetResult"))
((member_access_expression expression: (invocation_expression function: (_) @called) name: (identifier) @name) @hit
  (#eq? @name "Result") (#match? @called "Async(<.*>)?$|^Task\\.Run$"))
((member_access_expression expression: (identifier) @of name: (identifier) @name) @hit
  (#eq? @name "Result") (#match? @of "[tT]ask$"))
((invocation_expression function: (member_access_expression expression: (_) @of name: (identifier) @name)) @hit
  (#any-of? @name "Wait" "WaitAll") (#match? @of "[tT]ask$|^Task$|Async\\([^()]*\\)$"))
