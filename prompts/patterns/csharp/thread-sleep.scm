; title: Thread.Sleep
; why: A thread that sleeps is one that others of the pool wait for; polling adds its interval to every latency.
; fix: Await Task.Delay, or wait for the event itself.
; cost: latency
; bad: Thread.Sleep(10);
; good: await Task.Delay(10);

((invocation_expression function: (member_access_expression expression: (identifier) @type name: (identifier) @name)) @hit
  (#eq? @type "Thread") (#any-of? @name "Sleep" "SpinWait"))
