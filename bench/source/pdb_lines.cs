#:property Nullable=disable
#:property PublishAot=false
// dotnet run pdb_lines.cs -- ASSEMBLY.dll: where the compiler says that each method begins, from the portable PDB beside it.
// A line for each: the method as profilers write it, a tab, the source file, a tab, its first and last line.
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

var assembly = new PEReader(File.OpenRead(args[0]));
var metadata = assembly.GetMetadataReader();
var symbols = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(Path.ChangeExtension(args[0], ".pdb"))).GetMetadataReader();

string TypeName(TypeDefinitionHandle handle)
{
    var type = metadata.GetTypeDefinition(handle);
    var name = metadata.GetString(type.Name);
    if (type.GetDeclaringType() is { IsNil: false } outer) return TypeName(outer) + "+" + name;
    var space = metadata.GetString(type.Namespace);
    return space == "" ? name : space + "." + name;
}

foreach (var handle in metadata.MethodDefinitions)
{
    var method = metadata.GetMethodDefinition(handle);
    var lines = symbols.GetMethodDebugInformation(handle.ToDebugInformationHandle());
    var points = lines.GetSequencePoints().Where(p => !p.IsHidden).ToList();
    if (points.Count == 0) continue;
    var file = symbols.GetString(symbols.GetDocument(points[0].Document).Name);
    var count = method.GetParameters().Count(p => metadata.GetParameter(p).SequenceNumber > 0);
    Console.WriteLine($"{TypeName(method.GetDeclaringType())}.{metadata.GetString(method.Name)}\t{count}\t{file}\t{points.Min(p => p.StartLine)}\t{points.Max(p => p.EndLine)}");
}
