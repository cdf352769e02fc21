namespace Edgec.Diagnostics;

public enum Severity
{
    Note,
    Warning,
    Error,
}
