/// The page's looks. One accent colour, which always means doubt; everything else is ink on paper. Colours are variables, so that the dark
/// scheme and print change them in one place.
enum Stylesheet {
    /// For the drawings; also inside an exported SVG file.
    static let chart: StaticString = """
        :root{--paper:#fffefb;--ink:#1c1b19;--soft:#56524b;--faint:#b9b4aa;--hair:#e9e5dc;--accent:#b8391c;--wash:#b8391c24;--heat:#d9532f}
        @media (prefers-color-scheme:dark){:root{--paper:#171614;--ink:#ebe7df;--soft:#aaa499;--faint:#67625a;--hair:#2e2b27;\
        --accent:#f2805f;--wash:#f2805f2e;--heat:#c2492a}}
        .chart{font:12px "Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif;overflow:visible}
        .chart text{fill:var(--ink);paint-order:stroke;stroke:var(--paper);stroke-width:3.5px;stroke-linejoin:round}
        .chart .tick,.chart .quiet{fill:var(--soft);font-variant-numeric:tabular-nums}
        .chart .axis-title{fill:var(--soft)}
        .chart .strong{font-weight:600}
        .chart .accent-text{fill:var(--accent)}
        .paper{fill:var(--paper)}
        .grid{stroke:var(--hair);stroke-width:1}
        .axis{stroke:var(--soft);stroke-width:1}
        .leader{stroke:var(--soft);stroke-width:.75}
        .accent,.ink,.faint,.random{fill:none;stroke-linejoin:round;stroke-linecap:round}
        .accent{stroke:var(--accent);stroke-width:2.25}
        .accent.thin{stroke-width:1.5}
        .ink{stroke:var(--ink);stroke-width:1.5}
        .faint{stroke:var(--faint);stroke-width:1.1}
        .random{stroke:var(--soft);stroke-width:1;stroke-dasharray:2 4}
        .limit{stroke:var(--accent);stroke-width:1;stroke-dasharray:5 3}
        .band{fill:var(--wash)}
        .dot{fill:var(--accent);stroke:var(--paper);stroke-width:1}
        .dot.off{fill:var(--faint)}
        .hollow{fill:var(--paper);stroke:var(--ink);stroke-width:1.5}
        .whisker{stroke:var(--accent);stroke-width:1.25}
        .whisker.off{stroke:var(--faint)}
        .whisker.ink{stroke:var(--ink)}
        .bar,.density{fill:var(--accent);fill-opacity:.75}
        .bar.off,.density.off{fill:var(--faint);fill-opacity:.75}
        .rug{stroke:var(--accent);stroke-width:.75;stroke-opacity:.7}
        .rug.off{stroke:var(--soft)}
        .rug.median{stroke-width:1.5;stroke-opacity:1}
        """

    static let page: StaticString = """
        :root{color-scheme:light dark}
        *{box-sizing:border-box}
        html{background:var(--paper);color:var(--ink);-webkit-text-size-adjust:100%}
        body{margin:0;font:18px/1.55 "Iowan Old Style","Palatino Linotype",Palatino,"Book Antiqua","Liberation Serif",Georgia,serif}
        main{max-width:1120px;margin:0 auto;padding:56px 28px 80px}
        .text,header,h2,h3,.tablebox,.trace,.key,.facts,nav{max-width:720px}
        h1{font-size:40px;line-height:1.12;letter-spacing:-.012em;font-weight:600;margin:0 0 10px;text-wrap:balance;overflow-wrap:anywhere}
        h2{font-size:27px;line-height:1.2;font-weight:600;margin:76px 0 12px;letter-spacing:-.005em}
        h3{font-size:19px;font-weight:600;margin:34px 0 4px}
        p{margin:0 0 14px}
        .deck{color:var(--soft);margin:0 0 34px;overflow-wrap:anywhere}
        .verdict{font-size:29px;line-height:1.3;margin:0 0 16px;text-wrap:pretty}
        .verdict strong{font-weight:600;color:var(--accent)}
        .sans,.facts,table,figcaption,.key,.trace,nav{font-family:"Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif}
        .facts{display:grid;grid-template-columns:repeat(4,1fr);gap:20px 24px;margin:34px 0 0;padding:0}
        .facts div{border-top:1px solid var(--ink);padding-top:9px}
        .facts dt{font-size:13px;line-height:1.35;color:var(--soft)}
        .facts dd{margin:0;font-size:27px;line-height:1.2;font-variant-numeric:tabular-nums;letter-spacing:-.01em}
        .facts .note{display:block;font-size:12.5px;line-height:1.4;color:var(--soft);letter-spacing:0;margin-top:3px}
        nav{font-size:14px;line-height:1.9;margin:40px 0 0;color:var(--soft)}
        nav a{margin-right:16px;white-space:nowrap}
        a{color:inherit;text-decoration-color:var(--faint);text-underline-offset:3px}
        a:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
        figure{margin:34px 0 44px}
        figure .picture{max-width:720px}
        .chart{display:block;width:100%;height:auto}
        .chart.narrow{display:none}
        figcaption{font-size:14px;line-height:1.5;color:var(--soft);max-width:720px;margin-top:14px}
        figcaption b{color:var(--ink);font-weight:600}
        @media (min-width:1060px){
        figure{display:grid;grid-template-columns:720px minmax(0,1fr);gap:36px;align-items:start}
        figcaption{margin-top:2px;padding-top:9px;border-top:1px solid var(--hair)}}
        .tablebox{overflow-x:auto;margin:20px 0 30px}
        table{border-collapse:collapse;font-size:14px;line-height:1.35;font-variant-numeric:tabular-nums;width:100%}
        caption{position:sticky;left:0;max-width:min(720px,calc(100vw - 32px))}
        caption{text-align:left;color:var(--soft);padding:0 0 10px;line-height:1.5}
        caption b{color:var(--ink);font-weight:600}
        th,td{padding:7px 0 7px 18px;text-align:right;vertical-align:baseline;white-space:nowrap;font-weight:400}
        th:first-child,td:first-child{text-align:left;padding-left:0}
        thead th{color:var(--soft);border-bottom:1px solid var(--ink);vertical-align:bottom;font-size:13px}
        tbody tr+tr>*{border-top:1px solid var(--hair)}
        tbody tr.chief>*{font-weight:600}
        td.prose,th.prose{text-align:left;white-space:normal;overflow-wrap:anywhere}
        td .interval{color:var(--soft);font-weight:400;font-size:12.5px}
        td svg.forest{display:inline-block;width:96px;height:16px;vertical-align:-3px}
        .provenance th{color:var(--soft);padding-right:18px;white-space:nowrap}
        .provenance td{text-align:left;white-space:normal;overflow-wrap:anywhere;padding-left:0}
        code{font:13px/1.5 "SF Mono",Menlo,Consolas,"Liberation Mono",monospace;overflow-wrap:anywhere}
        .key{display:flex;flex-wrap:wrap;align-items:center;gap:0;font-size:12.5px;color:var(--soft);margin:18px 0 6px}
        .key span{color:var(--ink);padding:3px 9px;white-space:nowrap}
        .key b{font-weight:400;margin-right:12px}
        .trace{margin:26px 0 40px}
        .trace .head{display:flex;flex-wrap:wrap;justify-content:space-between;gap:2px 18px;font-size:13px;color:var(--soft);\
        border-top:1px solid var(--ink);padding:8px 0 0;margin:0}
        .trace .head b{color:var(--ink);font-weight:600}
        .trace .head .bad{color:var(--accent)}
        .trace .head span{overflow-wrap:anywhere}
        .strip{display:block;width:100%;height:40px;margin:10px 0 8px;border-bottom:1px solid var(--faint)}
        .strip path{fill:var(--accent)}
        .tokens{font:14px/1.85 "SF Mono",Menlo,Consolas,"Liberation Mono",monospace;white-space:pre-wrap;overflow-wrap:anywhere;margin:0;\
        unicode-bidi:isolate;max-height:420px;overflow-y:auto}
        .t{border-radius:2px;padding:2px 0;box-decoration-break:clone;-webkit-box-decoration-break:clone;unicode-bidi:isolate}
        .broken{text-decoration:underline dotted var(--soft)}
        .unseen{background:repeating-linear-gradient(135deg,var(--hair) 0 3px,transparent 3px 6px)}
        .h1{background:color-mix(in srgb,var(--heat) 7%,var(--paper))}
        .h2{background:color-mix(in srgb,var(--heat) 13%,var(--paper))}
        .h3{background:color-mix(in srgb,var(--heat) 21%,var(--paper))}
        .h4{background:color-mix(in srgb,var(--heat) 30%,var(--paper))}
        .h5{background:color-mix(in srgb,var(--heat) 40%,var(--paper))}
        .h6{background:color-mix(in srgb,var(--heat) 52%,var(--paper))}
        .h7{background:color-mix(in srgb,var(--heat) 66%,var(--paper))}
        .h8{background:color-mix(in srgb,var(--heat) 82%,var(--paper))}
        .omitted{color:var(--soft);font-style:italic}
        .read dt{font-weight:600;margin-top:14px}
        .read dd{margin:0}
        footer{margin-top:80px;max-width:720px;color:var(--soft);font-size:14px}
        @media (max-width:700px){
        body{font-size:17px}
        main{padding:30px 16px 56px}
        h1{font-size:30px}h2{font-size:23px;margin-top:60px}
        .verdict{font-size:22px}
        .facts{grid-template-columns:repeat(2,1fr)}
        .facts dd{font-size:23px}
        .chart.wide{display:none}.chart.narrow{display:block}
        .tokens{font-size:12.5px}
        th,td{padding-left:14px}}
        @media print{
        :root{--paper:#fff;--ink:#000;--soft:#444;--faint:#aaa;--hair:#ddd;--accent:#b8391c;--wash:#b8391c24;--heat:#d9532f}
        :root{color-scheme:light}
        body{font-size:10.5pt}main{padding:0;max-width:none}nav{display:none}
        h2{margin-top:28pt;break-after:avoid}
        figure,.trace,tr,.facts{break-inside:avoid}
        figure{display:block}
        .chart.wide{display:block}.chart.narrow{display:none}
        .tablebox{overflow:visible}.tokens{max-height:none;overflow:visible}
        .t,.key span,.strip path,.bar,.density,.band{print-color-adjust:exact;-webkit-print-color-adjust:exact}
        th,td{white-space:normal;padding-left:8px}}
        """
}
