; title: A lock held around input, output or a wait
; why: Every other thread waits for the disk, the network or the sleep.
; fix: Take what is needed out of the lock first; do the slow part outside.
; cost: contention
; bad: lock (_gate) { Console.WriteLine(x); }
; good: lock (_gate) { _count++; }

((lock_statement) @hit
  (#match? @hit "\\b(File|Directory|Console|Socket|HttpClient|Thread)\\.\\w+\\(|\\.(Flush|Write|WriteLine|Read|ReadLine|Send|Receive|Invoke|Wait|Sleep|SaveChanges)\\("))
