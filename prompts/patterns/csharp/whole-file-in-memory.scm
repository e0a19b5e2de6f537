; title: A file read whole
; why: All of it is in memory at once, as one large object, often twice.
; fix: Read it in pieces: File.ReadLines, a stream, a PipeReader.
; cost: allocation
; bad: var s = File.ReadAllText(p);
; good: foreach (var l in File.ReadLines(p)) Use(l);

((invocation_expression function: (member_access_expression expression: (identifier) @type name: (identifier) @name)) @hit
  (#eq? @type "File") (#match? @name "^ReadAll(Text|Lines|Bytes)(Async)?$"))
