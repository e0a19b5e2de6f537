; title: MemoryStream.ToArray
; why: The buffer is copied once more, on top of the copies that growing made.
; fix: Use GetBuffer or TryGetBuffer with the length, or a pooled writer.
; cost: allocation
; bad: return stream.ToArray();
; good: return list.ToArray();

((invocation_expression function: (member_access_expression expression: (identifier) @of name: (identifier) @name)) @hit
  (#eq? @name "ToArray") (#match? @of "(?i)stream$|^ms$"))
