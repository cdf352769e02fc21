Console.WriteLine("edgec 0.1.0");
return 0;
