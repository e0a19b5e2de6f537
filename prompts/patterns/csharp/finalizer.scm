; title: A finalizer
; why: Each object survives a collection, waits for the one finalizer thread, and is made on a slow path.
; fix: Hold the handle in a SafeHandle; at least call GC.SuppressFinalize in Dispose.
; cost: gc
; bad: member: ~C() { Free(); }
; good: member: void Dispose() { }

(destructor_declaration) @hit
