; title: An array of the size of the large object heap
; why: From 85,000 bytes on an array goes to the large object heap: it is cleared in full, and collected only with generation 2.
; fix: Rent it from ArrayPool, keep and reuse it, or work in smaller pieces.
; cost: gc
; bad: var b = new byte[85000];
; bad: var b = new byte[1024 * 1024];
; bad: var b = new byte[128 * 1024];
; good: var b = new byte[4096];
; good: var b = new byte[16 * 1024];

((array_creation_expression) @hit
  (#match? @hit "^new\\s+s?byte\\s*\\[\\s*(8[5-9][\\d_]{3,}|9\\d[\\d_]{3,}|[1-9][\\d_]{5,}|\\d+\\s*\\*\\s*(1024\\s*\\*|\\d{5,})|(9\\d|[1-9]\\d\\d+)\\s*\\*\\s*10(00|24)\\b)"))
((array_creation_expression) @hit
  (#match? @hit "^new\\s+(int|long|double|float|char|short|string|object)\\s*\\[\\s*([1-9]\\d{5,}|\\d+\\s*\\*\\s*1024\\s*\\*)"))
