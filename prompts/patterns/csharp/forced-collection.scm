; title: GC.Collect
; why: A forced full collection stops every thread, and moves young objects to where they are not collected soon.
; fix: Leave it out; find what keeps memory alive.
; cost: gc
; bad: GC.Collect();
; good: GC.KeepAlive(x);

((invocation_expression function: (member_access_expression expression: (identifier) @type name: (identifier) @name)) @hit
  (#eq? @type "GC") (#any-of? @name "Collect" "WaitForPendingFinalizers"))
