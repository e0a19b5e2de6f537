; title: Task.Run in a loop
; why: Every pass queues a work item and allocates a task and a closure; tiny items cost more to schedule than to do.
; fix: Split the range into as many parts as there are cores (Parallel.ForEachAsync, Partitioner), or use a channel.
; cost: cpu
; bad: foreach (var x in xs) Task.Run(() => Work(x));
; good: await Task.Run(() => Work(1));

((invocation_expression function: (member_access_expression expression: (_) @of name: (identifier) @name)) @hit
  (#match? @of "^(Task|Task\\.Factory|ThreadPool)$") (#any-of? @name "Run" "StartNew" "QueueUserWorkItem") (#inside? @hit for_statement foreach_statement while_statement do_statement))
