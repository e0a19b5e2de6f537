; title: Input or output inside synchronized
; why: Every other thread waits for the disk or the network.
; fix: Take the data out of the lock, write outside.
; cost: contention
; bad: synchronized (g) { out.write(b); }
; good: synchronized (g) { n++; }

((synchronized_statement) @hit (#match? @hit "\\.(write|read|flush|println|send|receive|sleep|execute|get)\\("))
