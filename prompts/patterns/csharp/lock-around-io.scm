; title: A lock held around input, output or a wait
; why: Every other thread waits for the disk, the network or the sleep.
; fix: Take what is needed out of the lock first; do the slow part outside.
; cost: contention
; bad: lock (_gate) { Console.WriteLine(x); }
; good: lock (_gate) { _count++; }
; good: lock (_gate) { Volatile.Write(ref _seen, 1); _changed.Invoke(); }

((lock_statement) @hit
  (#match? @hit "\\b(File|Directory|Console|Socket|HttpClient)\\.\\w+\\(|\\bThread\\.(Sleep|Join)\\(|\\w*([sS]tream|[wW]riter|[rR]eader|[sS]ocket|[lL]og|[lL]ogger|[cC]onnection|[cC]lient|[fF]ile|[oO]utput)\\.(Write|WriteLine|Read|ReadLine|Send|Receive)\\(|\\.(Flush|Wait|SaveChanges)\\(")
  (#not-match? @hit "Monitor\\.Wait\\("))
