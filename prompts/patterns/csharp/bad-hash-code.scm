; title: GetHashCode that does not spread
; why: Equal or costly hashes turn a dictionary into a list: every look-up compares many keys.
; fix: Combine the fields that Equals compares with HashCode.Combine.
; cost: cpu
; bad: member: public override int GetHashCode() => 1;
; good: member: public override int GetHashCode() => HashCode.Combine(A, B);

((method_declaration name: (identifier) @name body: (arrow_expression_clause [(integer_literal) (invocation_expression)] @value)) @hit
  (#eq? @name "GetHashCode") (#match? @value "^(\\d+|ToString\\(\\).*|base\\.GetHashCode\\(\\)|.*\\.Length)$"))
((method_declaration name: (identifier) @name body: (block . (return_statement [(integer_literal) (invocation_expression) (binary_expression)] @value) .)) @hit
  (#eq? @name "GetHashCode") (#match? @value "^(\\d+|ToString\\(\\).*|base\\.GetHashCode\\(\\)|[\\w.]+ % \\d{1,3}|\\(.*\\).GetHashCode\\(\\))$"))
((method_declaration name: (identifier) @name body: (_) @body) @hit
  (#eq? @name "GetHashCode") (#match? @body "return\\s+\\w+\\s*&\\s*(0x)?[0-9a-fA-F]{1,2};|=>\\s*[\\w.]+\\s*[&%]\\s*\\w{1,4}\\s*$"))
